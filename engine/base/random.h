/* Random numbers that are the same on every machine for the same seed: splitmix64 (Steele, Lea and
 * Flood, "Fast Splittable Pseudorandom Number Generators", 2014). */
#ifndef ENGINE_BASE_RANDOM_H
#define ENGINE_BASE_RANDOM_H

#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* 0 <= number < 1 */
static inline double random_unit(uint64_t *state)
{
	return (double)(random_next(state) >> 11) / 9007199254740992.0;
}

#endif
