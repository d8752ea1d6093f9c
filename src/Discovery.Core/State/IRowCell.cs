using Discovery.State.Trees;

namespace Discovery.State;

/// <summary>A value of a tree that holds a row.</summary>
internal interface IRowCell<out TRow> : ITreeValue
{
    TRow Row { get; }
}
