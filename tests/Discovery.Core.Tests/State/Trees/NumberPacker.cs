using System.Buffers;
using Discovery.State;
using Discovery.State.Trees;
using Discovery.Wire;

namespace Discovery.Core.Tests.State.Trees;

/// <summary>Packs numbers: not all of them, and some with so many bytes that they do not fit.</summary>
internal sealed class NumberPacker : TreePacker<RowCell<int>>
{
    /// <summary>The number that it fails at.</summary>
    public const int Unpackable = int.MaxValue;

    private const int Gone = int.MinValue;

    public override int Above => 0;

    public static int Read(in TreeEntry<RowCell<int>> entry)
    {
        if (!entry.IsPacked)
        {
            Assert.NotEqual(Gone, entry.Value.Row);
            return entry.Value.Row;
        }

        Assert.Equal(Gone, entry.Value.Row);
        Assert.Equal(PaddingOf(BitConverter.ToInt32(entry.Packed)), entry.Packed.Length - sizeof(int));
        return BitConverter.ToInt32(entry.Packed);
    }

    public static int CountPacked(PersistentTree<RowCell<int>> tree)
    {
        int packed = 0;
        foreach (TreeEntry<RowCell<int>> entry in tree.Scan([]))
        {
            packed += entry.IsPacked ? 1 : 0;
        }

        return packed;
    }

    public override bool TryPack(in RowCell<int> value, WireBuffer output)
    {
        if (value.Row == Unpackable)
        {
            throw new InvalidOperationException();
        }

        output.Write(BitConverter.GetBytes(value.Row));
        output.Write(new byte[PaddingOf(value.Row)]);
        return value.Row % 7 != 0;
    }

    public override RowCell<int> Rest(in RowCell<int> value) => value with { Row = Gone };

    private static int PaddingOf(int number) => number % 11 == 0 ? 1_020 - (number % 40) : number % 50;
}
