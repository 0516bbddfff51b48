/* Where in a PyTorch network a node comes from, as its two exporters write it. */
#include <string.h>

#include "engine/onnx/decode.h"
#include "onnx.pb-c.h"

enum { MODULE_LENGTH = 256 };

/* A name that grows part by part, and is cut where it becomes too long. */
struct module {
	char text[MODULE_LENGTH];
	size_t length;
};

static void append(struct module *module, const char *text, size_t length)
{
	if (length > sizeof(module->text) - 1 - module->length)
		length = sizeof(module->text) - 1 - module->length;
	memcpy(module->text + module->length, text, length);
	module->length += length;
}

/* Nodes are called /layer1/layer1.0/conv1/Conv: a part that begins with the one before it goes on
 * with that, and the last is the operator. */
static void read_path(const char *path, struct module *module)
{
	const char *previous = "";
	size_t previous_length = 0, length;
	if (*path != '/')
		return;
	for (const char *part = path + 1; part[length = strcspn(part, "/")]; part += length + 1) {
		size_t skipped = 0;
		if (previous_length && length > previous_length && part[previous_length] == '.' &&
		    !strncmp(part, previous, previous_length))
			skipped = previous_length;
		else if (module->length)
			append(module, ".", 1);
		append(module, part + skipped, length - skipped);
		previous = part;
		previous_length = length;
	}
}

/* A list as Python prints it: ['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d'], of which the
 * last is the node itself. */
static void read_scopes(const char *list, struct module *module)
{
	const char *scope = "";
	size_t scope_length = 0;
	for (const char *quote = strchr(list, '\''); quote;) {
		const char *begin = quote + 1, *end = strchr(begin, '\'');
		if (!end)
			return;
		quote = strchr(end + 1, '\'');
		if (!quote)
			append(module, scope, scope_length);
		scope = begin;
		scope_length = (size_t)(end - begin);
	}
}

const char *onnx_find_module(const struct onnx_node *node, const Onnx__NodeProto *proto,
                             struct arena *memory)
{
	struct module module = {.length = 0};
	const char *scopes = onnx_find_entry(proto->metadata_props, proto->n_metadata_props,
	                                     "pkg.torch.onnx.name_scopes");
	if (scopes)
		read_scopes(scopes, &module);
	if (!module.length)
		read_path(node->name, &module);
	return onnx_clean_text(memory, module.text, module.length);
}
