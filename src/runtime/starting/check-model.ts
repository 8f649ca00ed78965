/**
 * Checks the model that a run is to be bound to against a configuration, before the run begins.
 *
 * @module
 */
import type { Configuration } from '../../catalog/index.ts'
import type { Terms } from '../../core/protocol.ts'
import { outsideClass } from '../../core/routing/class/model-in-class.ts'
import { didYouMean } from '../../core/words/did-you-mean.ts'
import { nearest } from '../../core/words/nearest.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'

/**
 * A class that the configuration does not have passes: the workers' configuration may have it.
 *
 * @throws ConfigurationProblem for a model that the class does not list or nobody has, with those that could be meant.
 */
export function checkModel(
  { directory }: Configuration,
  { taskClass, model }: Pick<Terms, 'taskClass' | 'model'>,
): void {
  if (model === undefined || taskClass === undefined || !Object.hasOwn(directory.classes, taskClass)) return
  const known = new Set(directory.endpoints.flatMap(endpoint => [endpoint.model, endpoint.id]))
  const problem = known.has(model)
    ? outsideClass(directory, taskClass, model)
    : `no model is called '${model}'${didYouMean(nearest(model, known))}`
  if (problem !== undefined) throw new ConfigurationProblem(`${problem.replace(/[^?]$/, '$&.')} Nothing was started`)
}
