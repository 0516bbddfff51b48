/* Networks as ONNX files: parsed, listed, and every layer built. */
#include "tests/fuzz/fuzz.h"
#include "tests/support/damage.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	damage_try_bytes(bytes, size, onnx_parse, 1);
	return 0;
}
