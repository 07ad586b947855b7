// What jemalloc is told (see its manual, "TUNING"): freed memory is overwritten, so that neither records nor tokens
// outlive their use in the memory of a running server or in its core (DEC-11). Part of every program, not of a library.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "junk:free";
}
