/**
 * The parts of an endpoint's id, which is `provider:author/name`, and of a model's name, which is `author/name`.
 *
 * @module
 */
import type { Endpoint } from './endpoints.ts'

export function providerIn(endpointId: string): string {
  return endpointId.slice(0, endpointId.indexOf(':'))
}

export function modelIn(endpointId: string): string {
  return endpointId.slice(endpointId.indexOf(':') + 1)
}

export function authorOf(model: string): string {
  return model.slice(0, model.indexOf('/'))
}

/** What a model is called, whoever serves it, without authors. A deployment's id on the wire may say nothing: the other names do. */
export function bareNames({ upstream, model, like }: Pick<Endpoint, 'upstream' | 'model' | 'like'>): readonly string[] {
  return [upstream, model, ...(like === undefined ? [] : [like])].map(id => id.slice(id.lastIndexOf('/') + 1))
}
