/**
 * The plan of a call.
 *
 * @module
 */
import type { Endpoint } from '../../endpoints.ts'
import type { Rejection } from '../filter/rejection.ts'

/** The plan of a call: candidates, best first. Every other endpoint of the configuration is among the rejections, once. */
export interface Route {
  readonly candidates: readonly Endpoint[]
  /** The endpoint that has the prompt's prefix in its cache, as far as we know. */
  readonly warm?: string
  readonly rejections: readonly { readonly endpoint: Endpoint; readonly rejection: Rejection }[]
}

/** The route of a call that asks nobody. */
export const NO_ROUTE: Route = { candidates: [], rejections: [] }
