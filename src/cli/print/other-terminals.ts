import { USUAL_PORT, usualUiUrl } from '../../runtime/temporal/usual-addresses.ts'

/** Where a dev server listens; without `uiUrl` it is one that was there. */
interface Server {
  readonly address: string
  readonly uiUrl: string | undefined
}

/** What leads the command in other terminals to a dev server that does not listen where they look by themselves. */
export function exportsFor({ address, uiUrl }: Server): readonly string[] {
  if (uiUrl === undefined) return []
  return [
    ...(address.endsWith(`:${USUAL_PORT}`) ? [] : [`export TEMPORAL_ADDRESS=${address}`]),
    ...(uiUrl === usualUiUrl(address) ? [] : [`export TEMPORAL_UI_URL=${uiUrl}`]),
  ]
}
