#include "app/command/again.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/output_file.h"
#include "app/base/shell_quote.h"
#include "app/command/command.h"
#include "app/options/differing.h"
#include "app/options/dreamer.h"
#include "app/options/settings.h"

rv_status again_load(struct option_dream *dream, const char *path, rv_error *error)
{
	struct settings *settings = malloc(sizeof(*settings));
	if (!settings)
		return rv_fail(error, RV_MEMORY, "out of memory for the settings");
	rv_status status = settings_load(settings, path, error);
	if (status == RV_OK) {
		*dream = settings->options.dream;
		settings_release(settings);
	}
	free(settings);
	return status;
}

/* ---- the command ---- */

/* As a shell takes it for one word. */
static void print_word(const char *word)
{
	char quoted[SHELL_QUOTED_LENGTH(OPTION_VALUE_LENGTH)];
	if (shell_quote(quoted, sizeof(quoted), word))
		fputs(quoted, stdout);
}

/* A name that begins like an option is one of this folder. */
static void print_file(const char *name)
{
	bool looks_like_option = name[0] == '-' && name[1];
	putchar(' ');
	if (looks_like_option)
		fputs("./", stdout);
	print_word(name);
}

static void print_option(void *context, const struct option *option, const char *value)
{
	(void)context;
	if (!value[0] || !settings_hold(option) || !strcmp(option->name, "model"))
		return;
	printf(" --%s", option->name);
	if (!option->metavar)
		return;
	bool is_file = option->file != OPTION_NO_FILE;
	if (is_file)
		print_file(value);
	else
		putchar(' ');
	if (!is_file)
		print_word(value);
}

/* By the name that it has in the catalogue, unless another was given. */
static const char *model_of(const struct settings *settings)
{
	const struct option_network *network = &settings->options.dream.network;
	if (network->model[0])
		return network->model;
	return network->name[0] ? network->name : settings->network_file;
}

static void print_command(const struct settings *settings)
{
	const char *model = model_of(settings);
	fputs(settings->is_live ? "reverie live" : "reverie", stdout);
	if (settings->options.call.operand[0])
		print_file(settings->options.call.operand);
	if (model[0])
		fputs(" --model", stdout);
	if (model[0])
		print_file(model);
	differing_each(&settings->options, settings->is_live ? COMMAND_LIVE : COMMAND_DREAM,
	               print_option, NULL);
	putchar('\n');
}

/* ---- what is not as it was ---- */

static void note_network(const struct settings *settings, const char *file)
{
	struct option_network network = {.model = ""};
	char path[PATH_LENGTH], now[CHECKSUM_LENGTH] = "";
	const char *model = model_of(settings);
	rv_error error = {0};
	snprintf(network.model, sizeof(network.model), "%s", model);
	if (!model[0])
		return;
	if (dreamer_find_model(&network, path, &error) != RV_OK) {
		fprintf(stderr, "reverie: %s was made with a network that is not here: %s\n", file,
		        error.message);
		return;
	}
	if (!settings->checksum[0] || checksum_of_file(path, 256, now, &error) != RV_OK ||
	    !strcmp(now, settings->checksum))
		return;
	fprintf(stderr,
	        "reverie: %s was made with another file of the network %s, whose SHA-256 is %s; "
	        "%s here has %s\n",
	        file, model, settings->checksum, path, now);
}

static bool is_same_score(const struct settings *settings)
{
	char *now = settings_read_score(&settings->options);
	bool same = now && !strncmp(now, settings->score, strlen(now)) &&
	            strlen(settings->score) - strlen(now) < 2; /* its last end of line */
	free(now);
	return same;
}

static void note_differences(const struct settings *settings, const char *file)
{
	if (strcmp(settings->version, RV_VERSION) != 0)
		fprintf(stderr,
		        "reverie: %s was made with Reverie %s; this is " RV_VERSION
		        ", which may dream otherwise\n",
		        file, settings->version);
	if (settings->unknown[0])
		fprintf(stderr, "reverie: %s: what it says of \"%s\" means nothing here\n", file,
		        settings->unknown);
	if (settings->is_live)
		fprintf(stderr,
		        "reverie: %s was played live, which no command does again; --save-score "
		        "keeps what is played\n",
		        file);
	note_network(settings, file);
	if (settings->score && settings->options.call.score[0] && !is_same_score(settings))
		fprintf(stderr,
		        "reverie: the score %s is not the one that was played: `reverie again "
		        "FILE --save-score NEW` writes that\n",
		        settings->options.call.score);
}

static rv_status save_score(struct settings *settings, const char *path, bool force,
                            rv_error *error)
{
	if (!settings->score)
		return rv_fail(error, RV_UNSUPPORTED, "%.256s: it carries no score",
		               settings->options.output.file);
	snprintf(settings->options.call.score, OPTION_TEXT_LENGTH, "%s", path);
	return output_file_write_text(path, settings->score, force, error);
}

rv_status command_again(const struct options *options, rv_error *error)
{
	const char *file = options->call.operand;
	struct settings *settings = malloc(sizeof(*settings));
	if (!settings)
		return rv_fail(error, RV_MEMORY, "out of memory for the settings");
	rv_status status = file[0] ? settings_load(settings, file, error)
	                           : rv_fail(error, RV_INVALID, "which file? reverie again FILE");
	if (status != RV_OK) {
		free(settings);
		return status;
	}
	if (options->call.save_score[0])
		status = save_score(settings, options->call.save_score, options->output.force,
		                    error);
	if (status == RV_OK) {
		print_command(settings);
		fflush(stdout);
	}
	if (status == RV_OK && !options->call.quiet)
		note_differences(settings, file);
	settings_release(settings);
	free(settings);
	return status;
}
