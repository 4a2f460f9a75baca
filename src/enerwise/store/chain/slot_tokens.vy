# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Slot tokens
@license Apache-2.0
@notice Energy of one market slot as tokens in whole watt-hours, paid with escrow units.

        Escrow units are test units of a market. They are no money, and nobody owes money for them.

        A slot goes one way: opened, settled in numbered batches, closed. The operator settles, but can take from a
        participant no more than the tokens issued to them and the units that they themselves have held for the slot.
        What is held comes back when the slot has closed, or when its time is over and nobody has closed it.

        The contract calls no other contract and takes no ether. Sums are checked by the language: what would
        fall below zero or overflow is refused as a whole.

        A root is anchored once and never altered. It proves that what it was made of has not been altered since;
        it does not prove that a meter was right.
"""

struct Grant:
    holder: address
    energy_wh: uint64


struct Row:
    holder: address
    energy_wh: int128  # positive is taken by the holder, negative given
    units: int128  # positive is paid by the holder, negative received


event Opened:
    slot: indexed(bytes32)
    settle_by_s: uint256


event Issued:
    slot: indexed(bytes32)
    holder: indexed(address)
    energy_wh: uint256


event Credited:
    holder: indexed(address)
    units: uint256


event GivenBack:
    holder: indexed(address)
    units: uint256


event Held:
    slot: indexed(bytes32)
    holder: indexed(address)
    units: uint256


event Released:
    slot: indexed(bytes32)
    holder: indexed(address)
    units: uint256


event Moved:
    slot: indexed(bytes32)
    holder: indexed(address)
    energy_wh: int256
    units: int256


event Settled:
    slot: indexed(bytes32)
    batch: uint256
    is_last: bool


event Anchored:
    period: indexed(bytes32)
    root: bytes32


MAX_ROWS: public(constant(uint256)) = 200
MAX_LEAF: public(constant(uint256)) = 1024
MAX_DEPTH: public(constant(uint256)) = 64

operator: public(immutable(address))

settle_by_s: public(HashMap[bytes32, uint256])  # by slot; zero: never opened
issue_count: public(HashMap[bytes32, uint256])  # by slot: batches of tokens issued
batch_count: public(HashMap[bytes32, uint256])  # by slot: batches settled
is_closed: public(HashMap[bytes32, bool])  # by slot

energy_wh: public(HashMap[bytes32, HashMap[address, uint256]])  # by slot and holder
supply_wh: public(HashMap[bytes32, uint256])  # by slot

free_units: public(HashMap[address, uint256])
held_units: public(HashMap[bytes32, HashMap[address, uint256]])  # by slot and holder
total_units: public(uint256)

root_of: public(HashMap[bytes32, bytes32])  # by period: a slot or a day


@deploy
def __init__():
    operator = msg.sender


# What the operator does

@external
def open_slot(slot: bytes32, settle_by_s: uint256):
    """
    @notice Open a slot, once. After `settle_by_s` (seconds since 1970) nobody waits for its settlement.
    """
    self._by_operator()
    assert self.settle_by_s[slot] == 0, "slot was opened before"
    assert settle_by_s > block.timestamp, "slot ends in the past"
    self.settle_by_s[slot] = settle_by_s
    log Opened(slot=slot, settle_by_s=settle_by_s)


@external
def issue(slot: bytes32, batch: uint256, grants: DynArray[Grant, MAX_ROWS]):
    """
    @notice Give holders tokens for the energy that they deliver in an open slot.
    @dev Batches count from 0, so none is taken twice.
    """
    self._by_operator()
    self._in_open(slot)
    assert batch == self.issue_count[slot], "batch is not the next one"
    self.issue_count[slot] = batch + 1
    for grant: Grant in grants:
        energy_wh: uint256 = convert(grant.energy_wh, uint256)
        self.energy_wh[slot][grant.holder] += energy_wh
        self.supply_wh[slot] += energy_wh
        log Issued(slot=slot, holder=grant.holder, energy_wh=energy_wh)


@external
def credit(holder: address, units: uint256):
    """
    @notice Give a holder test units.
    """
    self._by_operator()
    self.free_units[holder] += units
    self.total_units += units
    log Credited(holder=holder, units=units)


@external
def settle(slot: bytes32, batch: uint256, rows: DynArray[Row, MAX_ROWS], is_last: bool):
    """
    @notice Move tokens and units among holders, all of it or nothing; the last batch closes the slot.
    @dev Every batch sums to zero, in energy and in units. Batches count from 0, so none is taken twice.
    """
    self._by_operator()
    self._in_open(slot)
    assert batch == self.batch_count[slot], "batch is not the next one"
    energy_sum_wh: int256 = 0
    units_sum: int256 = 0
    for row: Row in rows:
        energy_sum_wh += convert(row.energy_wh, int256)
        units_sum += convert(row.units, int256)
        self._move(slot, row)
    assert energy_sum_wh == 0, "energy does not sum to zero"
    assert units_sum == 0, "units do not sum to zero"
    self.batch_count[slot] = batch + 1
    self.is_closed[slot] = is_last
    log Settled(slot=slot, batch=batch, is_last=is_last)


@external
def anchor(period: bytes32, root: bytes32):
    """
    @notice Write down the Merkle root of a slot or a day, once.
    """
    self._by_operator()
    assert root != empty(bytes32), "root is empty"
    assert self.root_of[period] == empty(bytes32), "period was anchored before"
    self.root_of[period] = root
    log Anchored(period=period, root=root)


# What a holder does

@external
def hold(slot: bytes32, units: uint256):
    """
    @notice Put own units aside for an open slot: the most that its settlement can take.
    """
    self._in_open(slot)
    assert units <= self.free_units[msg.sender], "not enough free units"
    self.free_units[msg.sender] -= units
    self.held_units[slot][msg.sender] += units
    log Held(slot=slot, holder=msg.sender, units=units)


@external
def release(slot: bytes32, holder: address):
    """
    @notice Free what a holder still has aside for a slot that is closed or whose time is over; anybody may ask.
    """
    assert self.is_closed[slot] or block.timestamp > self.settle_by_s[slot], "slot is not settled yet"
    units: uint256 = self.held_units[slot][holder]
    self.held_units[slot][holder] = 0
    self.free_units[holder] += units
    log Released(slot=slot, holder=holder, units=units)


@external
def give_back(units: uint256):
    """
    @notice Give up own free units; they are gone.
    """
    assert units <= self.free_units[msg.sender], "not enough free units"
    self.free_units[msg.sender] -= units
    self.total_units -= units
    log GivenBack(holder=msg.sender, units=units)


# What anybody asks

@external
@view
def verify(period: bytes32, leaf: Bytes[MAX_LEAF], path: DynArray[bytes32, MAX_DEPTH], is_left: uint256) -> bool:
    """
    @notice Say whether a leaf stands under the root that was anchored for a period.
    @param path The hashes beside the way up, from the leaf on.
    @param is_left Bit i: the hash path[i] stands to the left of the way.
    """
    root: bytes32 = self.root_of[period]
    node: bytes32 = sha256(concat(b"\x00", leaf))
    sides: uint256 = is_left
    for beside: bytes32 in path:
        if sides & 1 == 1:
            node = sha256(concat(b"\x01", beside, node))
        else:
            node = sha256(concat(b"\x01", node, beside))
        sides >>= 1
    return root != empty(bytes32) and sides == 0 and node == root


# Helpers

@internal
def _move(slot: bytes32, row: Row):
    if row.energy_wh < 0:
        given_wh: uint256 = convert(-row.energy_wh, uint256)
        assert given_wh <= self.energy_wh[slot][row.holder], "not enough energy"
        self.energy_wh[slot][row.holder] -= given_wh
    else:
        self.energy_wh[slot][row.holder] += convert(row.energy_wh, uint256)
    if row.units > 0:
        paid: uint256 = convert(row.units, uint256)
        assert paid <= self.held_units[slot][row.holder], "not enough units held"
        self.held_units[slot][row.holder] -= paid
    else:
        self.free_units[row.holder] += convert(-row.units, uint256)
    log Moved(
        slot=slot, holder=row.holder, energy_wh=convert(row.energy_wh, int256), units=convert(row.units, int256)
    )


@internal
def _in_open(slot: bytes32):
    assert self.settle_by_s[slot] != 0, "slot was never opened"
    assert not self.is_closed[slot], "slot is closed"
    assert block.timestamp <= self.settle_by_s[slot], "time of the slot is over"


@internal
def _by_operator():
    assert msg.sender == operator, "only the operator may"
