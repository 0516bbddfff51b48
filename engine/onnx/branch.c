#include "engine/onnx/branch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/onnx/decode.h"
#include "onnx.pb-c.h"

enum { NESTED_MAX = 4, BRANCHES = 2 };

struct unfolding {
	Onnx__GraphProto *graph;
	struct budget *budget;
	/* Of the branch at hand: what its names begin with, and those that it makes itself, sorted.
	 */
	char prefix[48];
	char **own;
	size_t own_count;
};

static void *allocate(struct unfolding *unfolding, size_t count, size_t size)
{
	ProtobufCAllocator *allocator = &unfolding->budget->allocator;
	return count > SIZE_MAX / size ? NULL
	                               : allocator->alloc(allocator->allocator_data, count * size);
}

static void release(struct unfolding *unfolding, void *pointer)
{
	ProtobufCAllocator *allocator = &unfolding->budget->allocator;
	if (pointer)
		allocator->free(allocator->allocator_data, pointer);
}

/* ---- names ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_own(const struct unfolding *unfolding, const char *name)
{
	return bsearch(&name, unfolding->own, unfolding->own_count, sizeof(name), compare_names);
}

static bool add_own(struct unfolding *unfolding, const char *name)
{
	size_t size = name ? strlen(name) + 1 : 0;
	char *copy = size ? allocate(unfolding, size, 1) : NULL;
	if (copy)
		unfolding->own[unfolding->own_count++] = memcpy(copy, name, size);
	return copy || !size;
}

/* Copies of the names that nodes and constants of branch make, as those in branch are replaced. */
static bool collect_own(struct unfolding *unfolding, const Onnx__GraphProto *branch)
{
	size_t count = branch->n_initializer;
	for (size_t i = 0; i < branch->n_node; i++)
		count += branch->node[i]->n_output;
	unfolding->own = allocate(unfolding, count + 1, sizeof(*unfolding->own));
	bool done = unfolding->own;
	for (size_t i = 0; done && i < branch->n_initializer; i++)
		done = add_own(unfolding, branch->initializer[i]->name);
	for (size_t i = 0; i < branch->n_node; i++)
		for (size_t j = 0; done && j < branch->node[i]->n_output; j++)
			done = add_own(unfolding, branch->node[i]->output[j]);
	if (!done)
		return false;
	qsort(unfolding->own, unfolding->own_count, sizeof(*unfolding->own), compare_names);
	return true;
}

static void release_own(struct unfolding *unfolding)
{
	for (size_t i = 0; unfolding->own && i < unfolding->own_count; i++)
		release(unfolding, unfolding->own[i]);
	release(unfolding, unfolding->own);
	unfolding->own = NULL;
	unfolding->own_count = 0;
}

/* A name that the branch makes itself gets its prefix. */
static bool rename_own(struct unfolding *unfolding, char **name)
{
	if (!*name || !**name || !is_own(unfolding, *name))
		return true;
	size_t size = strlen(unfolding->prefix) + strlen(*name) + 1;
	char *longer = allocate(unfolding, size, 1);
	if (!longer)
		return false;
	snprintf(longer, size, "%s%s", unfolding->prefix, *name);
	release(unfolding, *name);
	*name = longer;
	return true;
}

static bool rename_all(struct unfolding *unfolding, Onnx__GraphProto *branch)
{
	bool done = rename_own(unfolding, &branch->output[0]->name);
	for (size_t i = 0; done && i < branch->n_initializer; i++)
		done = rename_own(unfolding, &branch->initializer[i]->name);
	for (size_t i = 0; i < branch->n_node; i++) {
		Onnx__NodeProto *node = branch->node[i];
		for (size_t j = 0; done && j < node->n_input; j++)
			done = rename_own(unfolding, &node->input[j]);
		for (size_t j = 0; done && j < node->n_output; j++)
			done = rename_own(unfolding, &node->output[j]);
	}
	return done;
}

/* ---- moving ---- */

/* A list of pointers with more behind it, in the place of the first; NULL where memory is short. */
static void *lengthen(struct unfolding *unfolding, void *list, size_t count, const void *more,
                      size_t more_count)
{
	void **longer = allocate(unfolding, count + more_count + 1, sizeof(*longer));
	if (!longer)
		return NULL;
	if (count)
		memcpy(longer, list, count * sizeof(*longer));
	if (more_count)
		memcpy(longer + count, more, more_count * sizeof(*longer));
	release(unfolding, list);
	return longer;
}

static bool move_nodes(struct unfolding *unfolding, Onnx__GraphProto *branch)
{
	Onnx__GraphProto *graph = unfolding->graph;
	Onnx__NodeProto **nodes =
		lengthen(unfolding, graph->node, graph->n_node, branch->node, branch->n_node);
	if (!nodes)
		return false;
	graph->node = nodes;
	graph->n_node += branch->n_node;
	branch->n_node = 0;
	return true;
}

static bool move_constants(struct unfolding *unfolding, Onnx__GraphProto *branch)
{
	Onnx__GraphProto *graph = unfolding->graph;
	Onnx__TensorProto **constants =
		lengthen(unfolding, graph->initializer, graph->n_initializer, branch->initializer,
	                 branch->n_initializer);
	if (!constants)
		return false;
	graph->initializer = constants;
	graph->n_initializer += branch->n_initializer;
	branch->n_initializer = 0;
	return true;
}

/* What branch makes becomes an input of node. */
static bool move_output(struct unfolding *unfolding, Onnx__NodeProto *node,
                        Onnx__GraphProto *branch)
{
	char **inputs =
		lengthen(unfolding, node->input, node->n_input, &branch->output[0]->name, 1);
	if (!inputs)
		return false;
	node->input = inputs;
	node->n_input++;
	branch->output[0]->name = NULL;
	return true;
}

static bool unfold_branch(struct unfolding *unfolding, size_t number, bool condition,
                          Onnx__NodeProto *node, Onnx__GraphProto *branch)
{
	snprintf(unfolding->prefix, sizeof(unfolding->prefix), "%s_%zu/",
	         condition ? "then" : "else", number);
	bool done = collect_own(unfolding, branch) && rename_all(unfolding, branch) &&
	            move_nodes(unfolding, branch) && move_constants(unfolding, branch) &&
	            move_output(unfolding, node, branch);
	release_own(unfolding);
	return done;
}

/* ---- the nodes ---- */

/* NULL where node has no such branch, or one that makes anything but one value. */
static Onnx__GraphProto *read_branch(struct unfolding *unfolding, const Onnx__NodeProto *node,
                                     const char *name)
{
	ProtobufCAllocator *allocator = &unfolding->budget->allocator;
	for (size_t i = 0; i < node->n_attribute; i++) {
		const Onnx__AttributeProto *attribute = node->attribute[i];
		if (!attribute->name || strcmp(attribute->name, name) != 0 || !attribute->has_g)
			continue;
		Onnx__GraphProto *branch =
			onnx__graph_proto__unpack(allocator, attribute->g.len, attribute->g.data);
		if (branch && branch->n_output == 1 && branch->output[0]->name)
			return branch;
		if (branch)
			onnx__graph_proto__free_unpacked(branch, allocator);
		return NULL;
	}
	return NULL;
}

static bool is_choice(const Onnx__NodeProto *node)
{
	return onnx_is_standard_domain(node->domain) && node->op_type &&
	       !strcmp(node->op_type, "If") && node->n_input == 1 && node->n_output == 1;
}

static bool unfold_all(Onnx__GraphProto *graph, struct budget *budget, int depth);

/* Choices within a branch first: what they read of it gets new names with it. */
static bool unfold_node(struct unfolding *unfolding, size_t number, int depth)
{
	static const char *const names[BRANCHES] = {"then_branch", "else_branch"};
	Onnx__NodeProto *node = unfolding->graph->node[number];
	Onnx__GraphProto *branches[BRANCHES];
	bool done = true;
	for (int i = 0; i < BRANCHES; i++)
		branches[i] = read_branch(unfolding, node, names[i]);
	for (int i = 0; branches[0] && branches[1] && done && i < BRANCHES; i++)
		done = unfold_all(branches[i], unfolding->budget, depth + 1) &&
		       unfold_branch(unfolding, number, i == 0, node, branches[i]);
	for (int i = 0; i < BRANCHES; i++)
		if (branches[i])
			onnx__graph_proto__free_unpacked(branches[i],
			                                 &unfolding->budget->allocator);
	return done;
}

static bool unfold_all(Onnx__GraphProto *graph, struct budget *budget, int depth)
{
	struct unfolding unfolding = {.graph = graph, .budget = budget};
	size_t count = graph->n_node; /* what is appended is unfolded already */
	bool done = true;
	for (size_t i = 0; done && depth < NESTED_MAX && i < count; i++)
		done = !is_choice(graph->node[i]) || unfold_node(&unfolding, i, depth);
	return done;
}

rv_status branch_unfold(Onnx__GraphProto *graph, struct budget *budget, rv_error *error)
{
	bool done = unfold_all(graph, budget, 0);
	return done && !budget->exhausted ? RV_OK : budget_exceeded(error);
}
