/* Which functions make up each operator: the one place that knows all of them. */
#ifndef ENGINE_NETWORK_OPERATOR_TABLE_H
#define ENGINE_NETWORK_OPERATOR_TABLE_H

#include "engine/operators/operator.h"

struct operator_functions {
	/* Records the launches that compute the outputs' activations from the inputs'. NULL where
	 * there is nothing to do: the network's input. */
	void (*forward)(struct launch_recorder *recorder, const struct operation *operation);
	/* Records the launches that turn the outputs' gradients into the inputs' gradients; NULL as
	 * above. */
	void (*backward)(struct launch_recorder *recorder, const struct operation *operation);
	/* Bytes to keep from forward to backward, such as the indices of a max pool. NULL: none. */
	size_t (*saved_bytes)(const struct operation *operation);
};

extern const struct operator_functions network_operators[OPERATOR_KINDS];

#endif
