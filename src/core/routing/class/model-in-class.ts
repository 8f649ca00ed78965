/**
 * Whether a run that is bound to one model can be served in its class.
 *
 * @module
 */
import type { Directory } from '../../task-class.ts'
import { servingClasses } from './choose-class.ts'

/**
 * Why no call of the class could go to the model, with the models to which it could. `undefined` if it could, and if the configuration has
 * no such class or model.
 *
 * @param model - `author/name`, or an endpoint's id.
 */
export function outsideClass(
  { classes, endpoints }: Pick<Directory, 'classes' | 'endpoints'>,
  taskClass: string,
  model: string,
): string | undefined {
  const bound = endpoints.filter(endpoint => endpoint.model === model || endpoint.id === model)
  const listed = servingClasses(classes, taskClass).map(({ models }) => models)
  if (bound.length === 0 || listed.length === 0) return undefined
  if (
    listed.some(models => !models || bound.some(({ id, model: name }) => models.includes(name) || models.includes(id)))
  )
    return undefined
  const names = [...new Set(listed.flatMap(models => models ?? []))].join(', ')
  return `class ${taskClass} does not list ${model}, so it could not serve the run; name one of ${names}, or a class that lists it`
}
