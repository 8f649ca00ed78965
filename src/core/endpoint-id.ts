/**
 * The parts of an endpoint's id, which is `provider:author/name`, and of a model's name, which is `author/name`.
 *
 * @module
 */

export function providerIn(endpointId: string): string {
  return endpointId.slice(0, endpointId.indexOf(':'))
}

export function modelIn(endpointId: string): string {
  return endpointId.slice(endpointId.indexOf(':') + 1)
}

export function authorOf(model: string): string {
  return model.slice(0, model.indexOf('/'))
}
