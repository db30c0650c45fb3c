"""The tests that are ignored because they need a program: a line for each test target, `package target name ...`.

They are found in the sources: `#[ignore = "needs ..."]` above a function.
"""

import pathlib
import re

IGNORED = re.compile(r'#\[ignore = "needs[^"]*"\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([a-z]+\))? )?(?:async )?fn (\w+)')


def main():
    for folder in (".", "cli", "probe"):
        root = pathlib.Path(folder)
        manifest = root / "Cargo.toml"
        package = re.search(r'^name = "(.*)"$', manifest.read_text(encoding="utf-8"), re.M).group(1)
        targets = {}
        for file in sorted((root / "tests").rglob("*.rs")):
            names = IGNORED.findall(file.read_text(encoding="utf-8"))
            if names:
                target = file.relative_to(root / "tests").parts[0].removesuffix(".rs")
                targets.setdefault(target, []).extend(names)
        for target, names in targets.items():
            print(package, target, *names)


if __name__ == "__main__":
    main()
