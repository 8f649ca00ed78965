import { inject } from 'vitest'
import type { VendorScript } from '../../src/providers/simulated/index.ts'
import { APP, VENDORS, YAML } from './scene.ts'
import { type Stage, type StageOptions, setStage } from './stage.ts'

export type { Stage }

export interface SceneOptions extends Partial<StageOptions> {
  /** Looked at before what the scene's vendors do. */
  readonly behaviours?: NonNullable<VendorScript['vendors'][number]['behaviours']>
}

/** Sets the stage for the scene on the tests' server, with what a test has otherwise. */
export function stageScene({ behaviours = [], ...options }: SceneOptions = {}): Promise<Stage> {
  const vendors = VENDORS.vendors.map(vendor => ({ ...vendor, behaviours: [...behaviours, ...vendor.behaviours!] }))
  return setStage({
    temporalAddress: inject('temporalAddress'),
    yaml: YAML,
    app: APP,
    vendors,
    ...options,
  })
}
