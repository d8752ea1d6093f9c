namespace Discovery.Filtering;

internal enum RegexOp
{
    /// <summary>The pattern matches.</summary>
    Match,

    /// <summary>Go on both at the next instruction and at the operand, which is relative.</summary>
    Split,

    /// <summary>Go on at the operand, which is relative.</summary>
    Jump,

    // Assertions, which take no character.
    Start,
    End,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,

    // Instructions that take a character.
    Rune,
    Any,
    AnyButLineFeed,
    Class,
}

internal readonly record struct RegexInstruction(RegexOp Op, int Operand = 0, RegexClass? Set = null);
