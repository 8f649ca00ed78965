/** A list of all keys of a type, as an object, so that the compiler finds a key that is missing or does not exist. */
export type KeysOf<Type> = Readonly<Record<keyof Type, true>>
