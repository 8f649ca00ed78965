/**
 * The pure folders compile without Node's or the browser's library, but their interfaces pass abort signals along.
 * Here the type is opaque; where Node's types are present it merges with theirs.
 */
type AbortSignal = {}
