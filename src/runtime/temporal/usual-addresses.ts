/**
 * Where a Temporal server listens and shows its UI unless it is told otherwise.
 *
 * @module
 */

/** Clients look here when nobody says where the server is. */
export const USUAL_PORT = 7233

/** As Temporal's own dev servers have it: the UI listens so many ports above the server. */
export const UI_PORT_OFFSET = 1_000

/** @param address - The server's, `host:port`. */
export function usualUiUrl(address: string): string {
  const { hostname, port } = new URL(`http://${address}`)
  return `http://${hostname}:${Number(port || USUAL_PORT) + UI_PORT_OFFSET}`
}

/** `undefined` for a server of another machine: nobody knows where its UI is. */
export function localUiUrl(address: string): string | undefined {
  return /^(localhost|127\.0\.0\.1|\[::1\]):\d+$/.test(address) ? usualUiUrl(address) : undefined
}
