// One order from placing to processed, by the contract of docs/contract.md alone.
//
//     node steer.mjs ADDRESS TASK_QUEUE START ICCID
//
// START is the JSON of the workflow's input. Prints one JSON document: what each call answered.
import { randomUUID } from 'node:crypto';
import {
  Client,
  Connection,
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
} from '@temporalio/client';

const [address, taskQueue, text, iccid] = process.argv.slice(2);
const start = JSON.parse(text);
const workflowId = start.order.order_id;
const connection = await Connection.connect({ address });
const client = new Client({ connection });
const said = {};

async function place(input) {
  const operation = new WithStartWorkflowOperation('EsimOrder', {
    workflowId,
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
  return await client.workflow.executeUpdateWithStart('place', {
    startWorkflowOperation: operation,
    updateId: randomUUID(),
  });
}

async function refused(call) {
  try {
    await call;
  } catch (failed) {
    if (!(failed instanceof WorkflowUpdateFailedError)) throw failed;
    return { code: failed.cause.type, sentence: failed.cause.message, reasons: failed.cause.details };
  }
  throw new Error('this call was to be refused');
}

const unconfirmed = structuredClone(start);
unconfirmed.order.what.discard_confirmed = false;
said.refused = await place(unconfirmed);
said.placed = await place(start);
const order = client.workflow.getHandle(workflowId);
const call = (name, ...args) => order.executeUpdate(name, { args, updateId: randomUUID() });
said.early = await refused(call('processed', { iccid }));
said.acknowledged = await call('acknowledge', { actor: 'operator' });
said.entered = await call('enter_iccid', { iccid });
said.state = await order.query('state');
said.processed = await call('processed');
said.late = await refused(call('cancel', {}));
said.ended = await order.result();
console.log(JSON.stringify(said));
await connection.close();
