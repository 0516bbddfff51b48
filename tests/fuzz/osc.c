/* Packets of Open Sound Control, and what they ask for. */
#include <string.h>

#include "app/control/osc_message.h"
#include "tests/fuzz/fuzz.h"

static const char prefix[] = "/reverie/";

static void visit(void *context, const char *path, const struct remote_argument *arguments,
                  int count, const char *trouble)
{
	struct remote_command command;
	rv_error error = {RV_OK, ""};
	(void)context;
	if (!trouble && !strncmp(path, prefix, strlen(prefix)))
		fuzz_check(
			remote_translate(path + strlen(prefix), arguments, count, &command, &error),
			&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size <= OSC_PACKET_LENGTH)
		osc_read((const char *)bytes, size, visit, NULL);
	return 0;
}
