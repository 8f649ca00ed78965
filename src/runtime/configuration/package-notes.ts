/**
 * Which packages a configuration needs and this installation lacks.
 *
 * @module
 */
import type { Configuration } from '../../catalog/index.ts'
import { missingPackage } from '../../providers/packages/load-package.ts'

/** One line for each provider whose package is not there; its calls go elsewhere until it is. */
export function packageNotes({ providers }: Configuration): readonly string[] {
  return providers.flatMap(({ name, package: npm }) => {
    const missing = missingPackage(npm)
    return missing === undefined ? [] : [`provider ${name} cannot be called: ${missing}`]
  })
}
