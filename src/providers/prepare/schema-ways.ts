/**
 * In which way each endpoint takes which schema, learned from what it has rejected.
 *
 * @module
 */
import type { ProviderSettings } from '../../core/endpoints.ts'
import type { Fault } from '../../core/faults/fault.ts'
import type { Ask } from '../../core/ports.ts'
import { rejectedParameter } from './rejected-parameter.ts'
import { firstSchemaWay, nextWay, type SchemaWay } from './schema-request.ts'

/** For as long as the port lives: a rejection is cheap, and after a restart is paid once more. */
export interface SchemaWays {
  /** How an ask's schema goes out; without a schema it does not matter. */
  wayFor(ask: Ask, settings: ProviderSettings): SchemaWay
  /** The fault with the way in which the endpoint will be asked next, where it has rejected the one that was used. */
  heed(ask: Ask, used: SchemaWay, fault: Fault): Fault
}

/** Parameters by which vendors name the shape that an answer was to have. */
const SCHEMA_PARAMETER =
  /^(?:response_format|text\.format|output_config\.format|output_format|json_schema|json_object|response_(?:json_)?schema|response_mime_type)/

export function createSchemaWays(): SchemaWays {
  const lowered = new Map<string, SchemaWay>()
  // Some take a schema, and none beside tools.
  const keyOf = ({ endpoint, schema, tools }: Ask) => `${endpoint.id} ${schema?.name} ${tools.length > 0}`
  return {
    wayFor: (ask, settings) => lowered.get(keyOf(ask)) ?? firstSchemaWay(ask.endpoint, settings.quirks),
    heed(ask, used, fault) {
      const next = nextWay(used)
      if (!ask.schema || !next || !SCHEMA_PARAMETER.test(rejectedParameter(fault) ?? '')) return fault
      // Another call may have learned more meanwhile.
      const known = lowered.get(keyOf(ask))
      const way = known === 'words' ? 'words' : next
      lowered.set(keyOf(ask), way)
      return { ...fault, evidence: { ...fault.evidence, schemaWay: way } }
    },
  }
}
