/**
 * A model port with a scripted vendor behind it.
 *
 * @module
 */
import type { Endpoint, ProviderSettings } from '../../src/core/endpoints.ts'
import type { Ask, ReplyAnswer, ReplyFault } from '../../src/core/ports.ts'
import { createModels, type Models, type ModelsOptions } from '../../src/providers/create-models.ts'
import { askOf, endpointOf, settingsOf } from './model-asks.ts'
import { type Reply, type ScriptedVendor, startScriptedVendor } from './scripted-vendor.ts'

export interface Harness {
  readonly vendor: ScriptedVendor
  /** Asks a vendor that gives this reply. The port is made for the ask, with these settings. */
  ask(protocol: string, reply: Reply, changes?: AskChanges): Promise<ReplyAnswer | ReplyFault>
  stop(): Promise<void>
}

export interface AskChanges {
  readonly ask?: Partial<Ask>
  readonly endpoint?: Partial<Endpoint>
  readonly settings?: Partial<ProviderSettings>
  readonly options?: ModelsOptions
}

export async function startHarness(): Promise<Harness> {
  const vendor = await startScriptedVendor()
  const open: Models[] = []
  return {
    vendor,
    async ask(protocol, reply, changes = {}) {
      vendor.answer(reply)
      const models = createModels([settingsOf(protocol, vendor.url, changes.settings)], changes.options)
      open.push(models)
      return models.ask(askOf(endpointOf(protocol, changes.endpoint), changes.ask))
    },
    async stop() {
      await Promise.all(open.map(models => models.close()))
      await vendor.stop()
    },
  }
}
