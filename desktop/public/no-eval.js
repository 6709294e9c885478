// zod asks, as each schema is made, whether it may compile with `new Function`. Our content security policy says no and reports the
// question as a violation; so it is told beforehand, before any module runs. (zod/v4/core: globalThis.__zod_globalConfig)
globalThis.__zod_globalConfig = { jitless: true };
