namespace Discovery.Core.Tests.State.Trees;

/// <summary>What the keys of a test look like.</summary>
public enum KeyShape
{
    /// <summary>One to six bytes.</summary>
    Short,

    /// <summary>Seven to ten bytes: the eight that a node keeps of a key end before, with or behind it.</summary>
    AroundOneWord,

    /// <summary>Long common beginnings of several lengths, then bytes that mostly differ late.</summary>
    LongCommon,

    /// <summary>All of these, empty and very long ones too.</summary>
    Mixed,
}
