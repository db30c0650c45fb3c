/*
 * A plugin for mosquitto 2.0: extended authentication with the method "two-step".
 *
 * Each exchange, the first and every later one, takes one question and one answer: the broker asks "who?" and lets
 * those in who answer "me". Without it mosquitto sends no AUTH and takes none.
 *
 * cc -shared -fPIC -o auth_plugin.so auth_plugin.c
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

static mosquitto_plugin_id_t *plugin;

static int on_start(int event, void *event_data, void *user_data)
{
	struct mosquitto_evt_extended_auth *auth = event_data;

	(void)event;
	(void)user_data;
	if (strcmp(auth->auth_method, "two-step") != 0) {
		return MOSQ_ERR_NOT_SUPPORTED;
	}
	auth->data_out = mosquitto_malloc(4);
	if (auth->data_out == NULL) {
		return MOSQ_ERR_NOMEM;
	}
	memcpy(auth->data_out, "who?", 4);
	auth->data_out_len = 4;
	return MOSQ_ERR_AUTH_CONTINUE;
}

static int on_continue(int event, void *event_data, void *user_data)
{
	struct mosquitto_evt_extended_auth *auth = event_data;

	(void)event;
	(void)user_data;
	if (auth->data_in_len == 2 && memcmp(auth->data_in, "me", 2) == 0) {
		return MOSQ_ERR_SUCCESS;
	}
	return MOSQ_ERR_AUTH;
}

int mosquitto_plugin_version(int count, const int *versions)
{
	for (int i = 0; i < count; i++) {
		if (versions[i] == 5) {
			return 5;
		}
	}
	return -1;
}

int mosquitto_plugin_init(mosquitto_plugin_id_t *id, void **user_data, struct mosquitto_opt *options, int count)
{
	int rc;

	(void)user_data;
	(void)options;
	(void)count;
	plugin = id;
	rc = mosquitto_callback_register(id, MOSQ_EVT_EXT_AUTH_START, on_start, NULL, NULL);
	if (rc != MOSQ_ERR_SUCCESS) {
		return rc;
	}
	return mosquitto_callback_register(id, MOSQ_EVT_EXT_AUTH_CONTINUE, on_continue, NULL, NULL);
}

int mosquitto_plugin_cleanup(void *user_data, struct mosquitto_opt *options, int count)
{
	(void)user_data;
	(void)options;
	(void)count;
	mosquitto_callback_unregister(plugin, MOSQ_EVT_EXT_AUTH_START, on_start, NULL);
	mosquitto_callback_unregister(plugin, MOSQ_EVT_EXT_AUTH_CONTINUE, on_continue, NULL);
	return MOSQ_ERR_SUCCESS;
}
