/* Constants that are made from constants without arithmetic: other views of them, mostly. */
#include "engine/graph/constant.h"

#include <string.h>

#include "engine/graph/length.h"
#include "engine/graph/translators.h"

rv_status constant_make(struct builder *builder, int rank, const int64_t *dims, float **floats,
                        int64_t **integers, struct onnx_tensor **constant, rv_error *error)
{
	struct onnx_tensor *made = graph_allocate(builder->graph, 1, sizeof(*made));
	void *values = NULL;
	if (made) {
		made->name = "";
		made->rank = rank;
		made->count = 1;
		for (int i = 0; i < rank; i++) {
			made->dims[i] = dims[i];
			made->count *= (size_t)dims[i];
		}
		values = graph_allocate(builder->graph, made->count,
		                        floats ? sizeof(float) : sizeof(int64_t));
	}
	if (!values)
		return graph_out_of_memory(error);
	if (floats)
		made->floats = *floats = values;
	else
		made->integers = *integers = values;
	*constant = made;
	return RV_OK;
}

rv_status constant_input_any(const struct builder *builder, const struct onnx_node *node, int index,
                             const struct onnx_tensor **constant, rv_error *error)
{
	const struct value *value;
	rv_status status = translate_input_value(builder, node, index, &value, error);
	if (status != RV_OK)
		return status;
	*constant = value->constant;
	if (value->form != VALUE_CONSTANT || (*constant)->problem)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "its input number %d cannot be read", index + 1);
	return RV_OK;
}

/* ---- Constant ---- */

static rv_status constant_from_list(struct builder *builder, const struct onnx_node *node,
                                    const struct onnx_attribute *attribute, int rank,
                                    rv_error *error)
{
	bool real = attribute->type == ONNX_FLOAT || attribute->type == ONNX_FLOATS;
	int64_t count = rank ? (int64_t)attribute->count : 1;
	struct onnx_tensor *constant = NULL;
	float *floats = NULL;
	int64_t *integers = NULL;
	rv_status status = constant_make(builder, rank, &count, real ? &floats : NULL, &integers,
	                                 &constant, error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < constant->count; i++) {
		if (real)
			floats[i] = rank ? attribute->reals[i] : attribute->real;
		else
			integers[i] = rank ? attribute->integers[i] : attribute->integer;
	}
	translate_set_constant(builder, node, constant);
	return RV_OK;
}

rv_status graph_fold_constant(struct builder *builder, const struct onnx_node *node,
                              rv_error *error)
{
	static const struct {
		const char *name;
		int type, rank;
	} forms[] = {
		{"value_float", ONNX_FLOAT, 0},
		{"value_floats", ONNX_FLOATS, 1},
		{"value_int", ONNX_INT, 0},
		{"value_ints", ONNX_INTS, 1},
	};
	const struct onnx_attribute *attribute = onnx_find_attribute(node, "value");
	if (attribute && attribute->type == ONNX_TENSOR) {
		translate_set_constant(builder, node, attribute->tensor);
		return RV_OK;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		attribute = onnx_find_attribute(node, forms[i].name);
		if (attribute && attribute->type == forms[i].type)
			return constant_from_list(builder, node, attribute, forms[i].rank, error);
	}
	return onnx_node_fail(node, error, RV_UNSUPPORTED, "it has no value that Reverie reads");
}

/* ---- other views of the same values ---- */

/* The values of source with other dimensions. */
static rv_status set_reshaped(struct builder *builder, const struct onnx_node *node,
                              const struct onnx_tensor *source, int rank, const int64_t *dims,
                              rv_error *error)
{
	struct onnx_tensor *made = graph_allocate(builder->graph, 1, sizeof(*made));
	if (!made)
		return graph_out_of_memory(error);
	*made = *source;
	made->rank = rank;
	memset(made->dims, 0, sizeof(made->dims));
	memcpy(made->dims, dims, (size_t)rank * sizeof(*dims));
	translate_set_constant(builder, node, made);
	return RV_OK;
}

rv_status graph_fold_alias(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct value *input;
	rv_status status = translate_input_value(builder, node, 0, &input, error);
	if (status == RV_OK)
		translate_set_output(builder, node, *input);
	return status;
}

/* Replaces 0 (keep) and -1 (the rest) of a Reshape by numbers; false where that cannot be. */
static bool resolve_dims(const struct onnx_tensor *source, const struct onnx_tensor *shape,
                         int64_t *dims)
{
	size_t product = 1;
	int rest = -1;
	for (int i = 0; i < (int)shape->count; i++) {
		dims[i] = shape->integers[i];
		if (i < source->rank && dims[i] == 0)
			dims[i] = source->dims[i];
		if (dims[i] == -1 && rest < 0)
			rest = i;
		else if (dims[i] < 1 || (size_t)dims[i] > source->count ||
		         product > source->count / (size_t)dims[i])
			return false;
		else
			product *= (size_t)dims[i];
	}
	if (rest >= 0) {
		dims[rest] = (int64_t)(source->count / product);
		product *= (size_t)dims[rest];
	}
	return product == source->count;
}

rv_status graph_fold_reshape(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct onnx_tensor *source, *shape;
	int64_t dims[ONNX_RANK_MAX];
	rv_status status = constant_input_any(builder, node, 0, &source, error);
	if (status == RV_OK)
		status = translate_input_integers(builder, node, 1, &shape, error);
	if (status != RV_OK)
		return status;
	if (shape->count > ONNX_RANK_MAX || !resolve_dims(source, shape, dims))
		return onnx_node_fail(node, error, RV_CORRUPT, "its shape does not fit %zu values",
		                      source->count);
	return set_reshaped(builder, node, source, (int)shape->count, dims, error);
}

/* Marks axes, counted in a tensor of that rank. */
static rv_status mark_axes(const struct onnx_node *node, const int64_t *axes, size_t count,
                           int rank, bool marked[ONNX_RANK_MAX], rv_error *error)
{
	for (size_t i = 0; i < count; i++) {
		int64_t axis = axes[i];
		rv_status status = translate_normalise_axis(node, &axis, rank, error);
		if (status != RV_OK)
			return status;
		if (marked[axis])
			return onnx_node_fail(node, error, RV_CORRUPT, "it names an axis twice");
		marked[axis] = true;
	}
	return RV_OK;
}

rv_status graph_fold_unsqueeze(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	const struct onnx_tensor *source;
	const int64_t *axes = NULL;
	size_t count;
	bool added[ONNX_RANK_MAX] = {false};
	int64_t dims[ONNX_RANK_MAX];
	rv_status status = constant_input_any(builder, node, 0, &source, error);
	if (status == RV_OK)
		status = translate_input_list(builder, node, 1, "axes", &axes, &count, error);
	if (status != RV_OK)
		return status;
	if (count > (size_t)(ONNX_RANK_MAX - source->rank))
		return onnx_node_fail(node, error, RV_CORRUPT, "it makes too many dimensions");
	int rank = source->rank + (int)count;
	status = mark_axes(node, axes, count, rank, added, error);
	if (status != RV_OK)
		return status;
	for (int i = 0, from = 0; i < rank; i++)
		dims[i] = added[i] ? 1 : source->dims[from++];
	return set_reshaped(builder, node, source, rank, dims, error);
}

rv_status graph_fold_squeeze(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	const struct onnx_tensor *source;
	const int64_t *axes = NULL;
	size_t count;
	bool removed[ONNX_RANK_MAX] = {false};
	int64_t dims[ONNX_RANK_MAX];
	int rank = 0;
	rv_status status = constant_input_any(builder, node, 0, &source, error);
	if (status == RV_OK)
		status = translate_input_list(builder, node, 1, "axes", &axes, &count, error);
	if (status == RV_OK)
		status = mark_axes(node, axes, count, source->rank, removed, error);
	if (status != RV_OK)
		return status;
	for (int i = 0; i < source->rank; i++) {
		if (removed[i] && source->dims[i] != 1)
			return onnx_node_fail(node, error, RV_CORRUPT,
			                      "it removes a dimension of %lld",
			                      (long long)source->dims[i]);
		if (!(removed[i] || (!axes && source->dims[i] == 1)))
			dims[rank++] = source->dims[i];
	}
	return set_reshaped(builder, node, source, rank, dims, error);
}

/* ---- moving values ---- */

rv_status constant_make_alike(struct builder *builder, const struct onnx_tensor *source, int rank,
                              const int64_t *dims, struct moved *moved, rv_error *error)
{
	*moved = (struct moved){.source = source};
	return constant_make(builder, rank, dims, source->floats ? &moved->floats : NULL,
	                     &moved->integers, &moved->made, error);
}

void constant_move_value(struct moved *moved, size_t to, size_t from)
{
	if (moved->floats)
		moved->floats[to] = moved->source->floats[from];
	else
		moved->integers[to] = moved->source->integers[from];
}

rv_status graph_fold_transpose(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	const struct onnx_tensor *source;
	struct moved moved;
	const int64_t *axes = NULL;
	size_t count;
	rv_status status = constant_input_any(builder, node, 0, &source, error);
	if (status == RV_OK)
		status = onnx_get_ints(node, "perm", &axes, &count, error);
	if (status != RV_OK)
		return status;
	bool swaps = !axes || (count == 2 && axes[0] == 1 && axes[1] == 0);
	if (source->rank != 2 || !swaps)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "only constant matrices can be transposed");
	size_t height = (size_t)source->dims[0], width = (size_t)source->dims[1];
	int64_t dims[2] = {source->dims[1], source->dims[0]};
	status = constant_make_alike(builder, source, 2, dims, &moved, error);
	if (status != RV_OK)
		return status;
	/* By its values: one side of a matrix without any may still be of any length. */
	for (size_t i = 0; i < source->count; i++)
		constant_move_value(&moved, i, i % height * width + i / height);
	translate_set_constant(builder, node, moved.made);
	return RV_OK;
}

/* ---- Cast ---- */

static rv_status set_floats(struct builder *builder, const struct onnx_node *node,
                            const struct onnx_tensor *integers, rv_error *error)
{
	struct onnx_tensor *made = NULL;
	float *floats = NULL;
	rv_status status =
		constant_make(builder, integers->rank, integers->dims, &floats, NULL, &made, error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < integers->count; i++)
		floats[i] = (float)integers->integers[i];
	translate_set_constant(builder, node, made);
	return RV_OK;
}

/* Sizes of the picture stay lengths, which know whether they are real. */
static rv_status cast_lengths(struct builder *builder, const struct onnx_node *node,
                              const struct onnx_tensor *source, bool to_real, rv_error *error)
{
	struct onnx_tensor *made;
	int64_t *integers;
	rv_status status =
		constant_make(builder, source->rank, source->dims, NULL, &integers, &made, error);
	if (status != RV_OK)
		return status;
	for (size_t i = 0; i < source->count; i++) {
		int64_t value = source->integers[i];
		integers[i] =
			to_real ? length_as_real(builder, value) : length_as_whole(builder, value);
	}
	translate_set_constant(builder, node, made);
	return RV_OK;
}

/* Among integer types and among real ones nothing changes. */
static rv_status cast_constant(struct builder *builder, const struct onnx_node *node, bool to_real,
                               rv_error *error)
{
	const struct onnx_tensor *source;
	rv_status status = constant_input_any(builder, node, 0, &source, error);
	if (status != RV_OK)
		return status;
	if (length_is_among(builder, source))
		return cast_lengths(builder, node, source, to_real, error);
	if (to_real == (source->floats != NULL))
		return graph_fold_alias(builder, node, error);
	if (!to_real)
		return onnx_node_fail(node, error, RV_UNSUPPORTED,
		                      "real numbers cannot be cast to integers");
	return set_floats(builder, node, source, error);
}

rv_status graph_fold_cast(struct builder *builder, const struct onnx_node *node, rv_error *error)
{
	int64_t to = 0;
	rv_status status = onnx_get_int(node, "to", &to, error);
	return status != RV_OK ? status : cast_constant(builder, node, onnx_is_real(to), error);
}

rv_status graph_fold_cast_like(struct builder *builder, const struct onnx_node *node,
                               rv_error *error)
{
	const struct onnx_tensor *like;
	rv_status status = constant_input_any(builder, node, 1, &like, error);
	return status != RV_OK ? status : cast_constant(builder, node, like->floats, error);
}

/* Like a tensor, all of which are real; often of a constant. */
rv_status graph_translate_cast_like(struct builder *builder, const struct onnx_node *node,
                                    rv_error *error)
{
	const struct value *input;
	rv_status status = translate_input_value(builder, node, 0, &input, error);
	if (status != RV_OK)
		return status;
	return input->form == VALUE_CONSTANT ? cast_constant(builder, node, true, error)
	                                     : graph_translate_alias(builder, node, error);
}
