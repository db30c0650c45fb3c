//! What a program without std and without memory is given instead: an allocator that has none, an end for a panic.
//!
//! `benches/firmware` takes this file, too.

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

/// An allocator without memory: whoever asks for some does not get any further.
struct NoMemory;

// SAFETY: null is an allowed answer, and nothing is ever freed that was not allocated.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static NO_MEMORY: NoMemory = NoMemory;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// The standard library's unwinder, named by the precompiled `alloc`; nothing unwinds here.
// SAFETY: the symbol is std's, which is not there.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
