/** The keys of a type, all of them: the compiler holds a list of what may be given to it. */
export type KeysOf<Given> = Readonly<Record<keyof Given, true>>
