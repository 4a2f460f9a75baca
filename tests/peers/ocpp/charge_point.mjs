// A charge point on the npm package ocpp-rpc in strict mode, for tests. It is a simulator: no car, no current.
//
//   node charge_point.mjs FOLDER_OF_NODE_MODULES ENDPOINT IDENTITY VERSION [PASSWORD]
//
// It keeps charging profiles as the standard says (highest stack level that is valid; TxProfile before
// TxDefaultProfile), starts and stops transactions when asked, and tells everything on standard output, a JSON line
// each. Standard input takes commands, a JSON line each: {"do": "call", "method": ..., "params": ...}, {"do": "plug"},
// {"do": "meter", "power_w": ...}, {"do": "unplug"}, {"do": "limit", "at": ISO time}, {"do": "transaction"}.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [, , modules, endpoint, identity, version, password] = process.argv;
const { RPCClient, createRPCError } = createRequire(`${modules}/`)('ocpp-rpc');
const isOld = version === '1.6';

const client = new RPCClient({
  endpoint, identity, password: password || undefined,
  protocols: [isOld ? 'ocpp1.6' : 'ocpp2.0.1'],
  strictMode: true,
  reconnect: true,
  backoff: { initialDelay: 50, maxDelay: 200 },
  callTimeoutMs: 5000,
});
const tell = (row) => process.stdout.write(`${JSON.stringify(row)}\n`);
const now = () => new Date().toISOString();

let profiles = [];
let transaction = null;
let energyWh = 1000;
let sequence = 0;

// -- Charging profiles ------------------------------------------------------------------------------------------

const fields = (profile) => ({
  id: profile.chargingProfileId ?? profile.id,
  schedule: isOld ? profile.chargingSchedule : profile.chargingSchedule[0],
});

function isValid(profile, at) {
  const { schedule } = fields(profile);
  if (profile.validFrom && new Date(profile.validFrom) > at) return false;
  if (profile.validTo && new Date(profile.validTo) <= at) return false;
  if (profile.chargingProfileKind !== 'Absolute') return true;
  const begin = new Date(schedule.startSchedule);
  return begin <= at && (schedule.duration === undefined || at < new Date(+begin + schedule.duration * 1000));
}

function limitAt(outlet, at) {
  for (const purpose of ['TxProfile', 'TxDefaultProfile']) {
    const found = profiles
      .filter((each) => each.outlet === outlet && each.profile.chargingProfilePurpose === purpose)
      .filter((each) => isValid(each.profile, at))
      .sort((a, b) => b.profile.stackLevel - a.profile.stackLevel);
    if (found.length) {
      const { schedule } = fields(found[0].profile);
      return { limit: schedule.chargingSchedulePeriod[0].limit, unit: schedule.chargingRateUnit, purpose };
    }
  }
  return null;
}

function keep(outlet, profile) {
  const isSame = (each) => fields(each.profile).id === fields(profile).id || (
    each.outlet === outlet && each.profile.stackLevel === profile.stackLevel
    && each.profile.chargingProfilePurpose === profile.chargingProfilePurpose);
  if (profile.chargingProfilePurpose === 'TxProfile' && profile.transactionId !== undefined
    && String(profile.transactionId) !== String(transaction)) return { status: 'Rejected' };
  profiles = [...profiles.filter((each) => !isSame(each)), { outlet, profile }];
  return { status: 'Accepted' };
}

function clear(criteria, id) {
  const before = profiles.length;
  const outlet = criteria.connectorId ?? criteria.evseId;
  profiles = profiles.filter((each) => !(
    (id === undefined || fields(each.profile).id === id)
    && (outlet === undefined || each.outlet === outlet)
    && (criteria.stackLevel === undefined || each.profile.stackLevel === criteria.stackLevel)
    && (criteria.chargingProfilePurpose === undefined
      || each.profile.chargingProfilePurpose === criteria.chargingProfilePurpose)));
  return { status: profiles.length < before ? 'Accepted' : 'Unknown' };
}

// -- Transactions -----------------------------------------------------------------------------------------------

const status = (outlet, word) => client.call('StatusNotification', isOld
  ? { connectorId: outlet, errorCode: 'NoError', status: word, timestamp: now() }
  : { timestamp: now(), connectorStatus: word, evseId: outlet, connectorId: 1 });

const event = (outlet, eventType, triggerReason, more = {}, info = {}) => client.call('TransactionEvent', {
  eventType, triggerReason, seqNo: sequence++, timestamp: now(), evse: { id: outlet, connectorId: 1 },
  transactionInfo: { transactionId: transaction, ...info }, ...more,
});

async function begin(outlet, tag, profile, remoteStartId) {
  if (isOld) {
    const answer = await client.call('StartTransaction', {
      connectorId: outlet, idTag: tag, meterStart: energyWh, timestamp: now() });
    if (answer.idTagInfo.status !== 'Accepted') return tell({ refused: tag });
    transaction = answer.transactionId;
  } else {
    transaction = `tx-${process.pid}-${sequence}`;
    const answer = await event(outlet, 'Started', remoteStartId === undefined ? 'Authorized' : 'RemoteStart', {
      idToken: { idToken: tag, type: 'Central' } }, { chargingState: 'Charging', remoteStartId });
    if (answer.idTokenInfo.status !== 'Accepted') { transaction = null; return tell({ refused: tag }); }
  }
  if (profile) keep(outlet, profile);
  if (isOld) await status(outlet, 'Charging');
  return tell({ begun: transaction });
}

async function end(outlet) {
  if (isOld) {
    await client.call('StopTransaction', {
      transactionId: transaction, meterStop: energyWh, timestamp: now(), reason: 'Remote' });
    transaction = null;
    await status(outlet, 'Finishing');
  } else {
    await event(outlet, 'Ended', 'RemoteStop', {}, { stoppedReason: 'Remote' });
    transaction = null;
  }
  profiles = profiles.filter((each) => each.profile.chargingProfilePurpose !== 'TxProfile');
  tell({ ended: outlet });
}

async function meter(outlet, powerW) {
  energyWh += 10;
  if (isOld) {
    const values = [['Power.Active.Import', powerW / 1000, 'kW'], ['Energy.Active.Import.Register', energyWh, 'Wh']];
    return client.call('MeterValues', { connectorId: outlet, ...(transaction ? { transactionId: transaction } : {}),
      meterValue: [{ timestamp: now(), sampledValue: values.map(([measurand, value, unit]) => (
        { measurand, value: String(value), unit, context: 'Sample.Periodic' })) }] });
  }
  const sampledValue = [
    { measurand: 'Power.Active.Import', value: powerW / 1000, unitOfMeasure: { unit: 'W', multiplier: 3 } },
    { measurand: 'Energy.Active.Import.Register', value: energyWh, unitOfMeasure: { unit: 'Wh' } }];
  return event(outlet, 'Updated', 'MeterValuePeriodic', { meterValue: [{ timestamp: now(), sampledValue }] },
    { chargingState: 'Charging' });
}

// -- What the central system asks -------------------------------------------------------------------------------

const later = (work) => setImmediate(() => work().catch((error) => tell({ broke: String(error) })));

const ANSWERS = {
  SetChargingProfile: (asked) => keep(asked.connectorId ?? asked.evseId, asked.csChargingProfiles ?? asked.chargingProfile),
  ClearChargingProfile: (asked) => clear(isOld ? asked : asked.chargingProfileCriteria ?? {}, asked.id ?? asked.chargingProfileId),
  RemoteStartTransaction: (asked) => {
    later(() => begin(asked.connectorId ?? 1, asked.idTag, asked.chargingProfile));
    return { status: 'Accepted' };
  },
  RequestStartTransaction: (asked) => {
    later(() => begin(asked.evseId ?? 1, asked.idToken.idToken, asked.chargingProfile, asked.remoteStartId));
    return { status: 'Accepted' };
  },
  RemoteStopTransaction: (asked) => {
    if (asked.transactionId !== transaction) return { status: 'Rejected' };
    later(() => end(1));
    return { status: 'Accepted' };
  },
  RequestStopTransaction: (asked) => {
    if (asked.transactionId !== transaction) return { status: 'Rejected' };
    later(() => end(1));
    return { status: 'Accepted' };
  },
  ChangeConfiguration: () => ({ status: 'Accepted' }),
  SetVariables: (asked) => ({ setVariableResult: asked.setVariableData.map(({ component, variable }) => (
    { attributeStatus: 'Accepted', component, variable })) }),
  TriggerMessage: () => ({ status: 'NotImplemented' }),
};

client.handle(({ method, params }) => {
  tell({ got: method, params });
  if (!(method in ANSWERS)) throw createRPCError('NotImplemented');
  return ANSWERS[method](params);
});
client.on('open', () => tell({ is: 'open' }));
client.on('disconnect', () => tell({ is: 'cut' }));
client.on('strictValidationFailure', ({ method, error }) => tell({ invalid: method, why: String(error) }));

// -- What the test asks -----------------------------------------------------------------------------------------

const DEEDS = {
  boot: () => client.call('BootNotification', isOld
    ? { chargePointVendor: 'Enerwise tests', chargePointModel: 'simulated' }
    : { reason: 'PowerUp', chargingStation: { vendorName: 'Enerwise tests', model: 'simulated' } }),
  plug: async () => {
    await status(1, isOld ? 'Preparing' : 'Occupied');
    return {};
  },
  unplug: async () => {
    await status(1, 'Available');
    return {};
  },
  begin: ({ tag }) => begin(1, tag),
  end: () => end(1),
  meter: ({ power_w: powerW }) => meter(1, powerW),
  call: ({ method, params }) => client.call(method, params),
  limit: ({ at }) => limitAt(1, at ? new Date(at) : new Date()),
  transaction: () => transaction,
};

createInterface({ input: process.stdin }).on('line', async (line) => {
  const asked = JSON.parse(line);
  try {
    tell({ did: asked.do, result: (await DEEDS[asked.do](asked)) ?? null });
  } catch (error) {
    tell({ did: asked.do, error: error.rpcErrorCode ?? String(error) });
  }
}).on('close', () => process.exit(0));

try {
  await client.connect();
} catch (error) {
  tell({ is: 'refused', code: error.code ?? String(error) });
  process.exit(1);
}
