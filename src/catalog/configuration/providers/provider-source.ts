import type { Catalogue } from '../../catalogue.ts'
import type { ProviderShape } from '../shape/shape.ts'
import type { Problem } from '../text/problem.ts'
import type { Environment, Gaps } from '../variables/variables.ts'

/** What a provider of a configuration is made of. */
export interface ProviderSource {
  readonly name: string
  /** By which name the catalogue knows it, if it does: that of the provider that it is like, else its own. */
  readonly vendor: string
  readonly shape: ProviderShape
  readonly catalogue: Catalogue
  readonly env: Environment
  /** Who asks for this configuration calls no vendor: the environment here says nothing of where the provider will be asked. */
  readonly asksNobody: boolean
  /** What its texts name and that has no value. */
  readonly missing: Gaps
  /** Makes a problem at a path below the provider. */
  readonly problem: (path: readonly string[], problem: Omit<Problem, 'path'>) => Problem
}
