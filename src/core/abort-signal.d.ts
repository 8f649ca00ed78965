/**
 * The pure folders compile without Node's or the browser's library, but their interfaces pass abort signals along.
 * Here the type has only what they may know of it; where Node's types are present it merges with theirs.
 */
interface AbortSignal {
  readonly aborted: boolean
}
