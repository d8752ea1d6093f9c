namespace Discovery.Testing;

/// <summary>A row of <see cref="LedgerModule"/>: a named number in a group; the empty group counts nowhere.</summary>
public sealed record LedgerItem(string Name, string Group, long Value);

/// <summary>How many items a group has and what they sum up to; kept by a reaction.</summary>
public sealed record LedgerGroup(string Group, long Count, long Sum);

/// <summary>What one step of a script does.</summary>
public enum LedgerAction : byte
{
    /// <summary>Puts an item.</summary>
    Put,

    /// <summary>Deletes an item.</summary>
    Delete,

    /// <summary>Adds to an item's value; creates it in no group at 0 first.</summary>
    Add,

    /// <summary>Touches the item's topic only.</summary>
    Touch,

    /// <summary>Throws.</summary>
    Throw,

    /// <summary>Breaks an invariant.</summary>
    Break,
}

/// <summary>One step of a script.</summary>
public sealed record LedgerStep(LedgerAction Action, string Name, string Group = "", long Value = 0);

/// <summary>A compare-and-set on the value of an item in no group; the value of an absent item is 0.</summary>
public sealed record LedgerSwap(string Name, long Expected, long Value);
