/**
 * Tool records that tell somebody of each charge.
 *
 * @module
 */
import type { ToolRecordKey, ToolRecordPort } from '../../core/ports.ts'

/** Called once the store has the charge, and not where a call is tried or asked again: a charge is written once. */
export type ChargeListener = (tool: Pick<ToolRecordKey, 'toolName'>, pricePico: string) => void

export function observeCharges(toolRecords: ToolRecordPort, onCharge: ChargeListener): ToolRecordPort {
  return {
    ...toolRecords,
    async begin(key, ...rest) {
      const begun = await toolRecords.begin(key, ...rest)
      if (begun.kind === 'new' && begun.pricePico !== undefined) onCharge(key, begun.pricePico)
      return begun
    },
  }
}
