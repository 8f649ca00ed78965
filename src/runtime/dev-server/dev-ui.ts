/**
 * Where a dev server shows its UI unless it is told otherwise.
 *
 * @module
 */

/** As Temporal's own dev servers have it: the UI listens so many ports above the server. */
export const UI_PORT_OFFSET = 1_000

const DEFAULT_PORT = 7233

/** @param address - The server's, `host:port`. */
export function usualUiUrl(address: string): string {
  const { hostname, port } = new URL(`http://${address}`)
  return `http://${hostname}:${Number(port || DEFAULT_PORT) + UI_PORT_OFFSET}`
}

/** Of servers that are none of this machine's nobody knows where their UI is. */
export function localUiUrl(address: string): string | undefined {
  return /^(localhost|127\.0\.0\.1|\[::1\]):\d+$/.test(address) ? usualUiUrl(address) : undefined
}
