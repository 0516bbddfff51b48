#include "app/options/differing.h"

#include <string.h>

void differing_each(const struct options *options, unsigned commands, differing_take *take,
                    void *context)
{
	char value[OPTION_VALUE_LENGTH];
	struct options usual = options_default();
	option_dream_settle(&usual.dream, options->dream.network.name);
	for (const struct option *option = option_table; option->name; option++) {
		const void *now = option_value(options, option);
		if (!(option->commands & commands) ||
		    option->type->equal(now, option_value(&usual, option)))
			continue;
		option_print(option, now, value);
		take(context, option, value);
	}
}

struct writing {
	char *text;
	size_t capacity;
};

static void write_option(void *context, const struct option *option, const char *value)
{
	struct writing *writing = context;
	size_t used = strlen(writing->text);
	if (option_in_dream(option))
		snprintf(writing->text + used, writing->capacity - used, "%s%s %s",
		         used ? ", " : "", option->name, value);
}

void differing_write(const struct options *options, char *text, size_t capacity)
{
	struct writing writing = {text, capacity};
	text[0] = '\0';
	differing_each(options, COMMAND_ANY, write_option, &writing);
}
