/** The shape that the English catalogue of an area must have: exactly the keys of the French one. */
export type Words<Fr extends Readonly<Record<string, string>>> = { readonly [K in keyof Fr]: string };
