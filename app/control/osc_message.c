#include "app/control/osc_message.h"

#include <arpa/inet.h>
#include <string.h>

#ifdef HAVE_LIBLO
#include <lo/lo.h>

enum { BUNDLE_HEADER = 16, BUNDLE_DEPTH_MAX = 4 };

bool osc_available(void)
{
	return true;
}

/* False: an argument of a type that means nothing here. place is aligned to four bytes only. */
static bool take_argument(char type, const void *place, struct remote_argument *argument)
{
	union {
		int32_t i;
		int64_t h;
		float f;
		double d;
	} value;
	switch (type) {
	case LO_INT32:
		memcpy(&value.i, place, sizeof(value.i));
		*argument = remote_number(value.i);
		return true;
	case LO_INT64:
		memcpy(&value.h, place, sizeof(value.h));
		*argument = remote_number((double)value.h);
		return true;
	case LO_FLOAT:
		memcpy(&value.f, place, sizeof(value.f));
		*argument = remote_number((double)value.f);
		return true;
	case LO_DOUBLE:
		memcpy(&value.d, place, sizeof(value.d));
		*argument = remote_number(value.d);
		return true;
	case LO_TRUE:
	case LO_FALSE:
		*argument = remote_number(type == LO_TRUE);
		return true;
	case LO_STRING:
	case LO_SYMBOL:
		*argument = remote_text(place);
		return strlen(place) < sizeof(argument->text);
	default:
		return false;
	}
}

static const char *take_arguments(lo_message message, struct remote_argument *arguments, int count)
{
	const char *types = lo_message_get_types(message);
	lo_arg **values = lo_message_get_argv(message);
	if (count > REMOTE_ARGUMENTS_MAX)
		return "too many arguments";
	for (int i = 0; i < count; i++)
		if (!take_argument(types[i], values[i], &arguments[i]))
			return "an argument is too long, or neither a number nor a text";
	return NULL;
}

static bool read_message(const char *packet, size_t length, osc_visit *visit, void *context)
{
	struct remote_argument arguments[REMOTE_ARGUMENTS_MAX];
	/* liblo only reads it, though it does not say so. */
	char *bytes = (char *)packet;
	lo_message message = lo_message_deserialise(bytes, length, NULL);
	const char *path = message ? lo_get_path(bytes, (ssize_t)length) : NULL;
	if (path) {
		int count = lo_message_get_argc(message);
		const char *trouble = take_arguments(message, arguments, count);
		visit(context, path, arguments, trouble ? 0 : count, trouble);
	}
	if (message)
		lo_message_free(message);
	return path != NULL;
}

static bool read_packet(const char *packet, size_t length, int depth, osc_visit *visit,
                        void *context)
{
	if (length < BUNDLE_HEADER || memcmp(packet, "#bundle", sizeof("#bundle")))
		return read_message(packet, length, visit, context);
	bool good = depth < BUNDLE_DEPTH_MAX;
	for (size_t at = BUNDLE_HEADER; good && at < length;) {
		uint32_t size;
		if (length - at < sizeof(size))
			return false;
		memcpy(&size, packet + at, sizeof(size));
		size = ntohl(size);
		at += sizeof(size);
		good = size <= length - at &&
		       read_packet(packet + at, size, depth + 1, visit, context);
		at += size;
	}
	return good;
}

bool osc_read(const char *packet, size_t length, osc_visit *visit, void *context)
{
	return read_packet(packet, length, 0, visit, context);
}

size_t osc_write(const char *path, const struct remote_argument *arguments, int count,
                 char packet[OSC_PACKET_LENGTH])
{
	lo_message message = lo_message_new();
	size_t length = 0;
	for (int i = 0; message && i < count; i++) {
		const struct remote_argument *argument = &arguments[i];
		if (!argument->is_number)
			lo_message_add_string(message, argument->text);
		else if (argument->is_whole)
			lo_message_add_int32(message, (int32_t)argument->number);
		else
			lo_message_add_float(message, (float)argument->number);
	}
	if (message && lo_message_length(message, path) <= OSC_PACKET_LENGTH)
		lo_message_serialise(message, path, packet, &length);
	if (message)
		lo_message_free(message);
	return length;
}

#else

bool osc_available(void)
{
	return false;
}

bool osc_read(const char *packet, size_t length, osc_visit *visit, void *context)
{
	(void)packet, (void)length, (void)visit, (void)context;
	return false;
}

size_t osc_write(const char *path, const struct remote_argument *arguments, int count,
                 char packet[OSC_PACKET_LENGTH])
{
	(void)path, (void)arguments, (void)count, (void)packet;
	return 0;
}

#endif
