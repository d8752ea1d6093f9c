namespace Discovery.Peers.Comparison;

/// <summary>
/// Raft indexes of two agents differ in value, but not in relation: of two indexes at the same places, the one that is equal, earlier or
/// later at one agent is so at the other. 0 and 1 ("nothing") are compared as they are, and those from before the scenario are all one.
/// A pair that breaks the relation is told and not remembered, so that one wrong index is one difference.
/// </summary>
internal sealed class IndexRelation
{
    private readonly bool _onlyEquality;
    private readonly List<(string Ours, string Theirs, string Place)> _pairs = [];

    private readonly (ulong Ours, ulong Theirs) _start;

    public IndexRelation((ulong Ours, ulong Theirs) start) => _start = start;

    private IndexRelation() => _onlyEquality = true;

    /// <summary>A relation of values without order, such as content hashes.</summary>
    public static IndexRelation OfEquality() => new();

    /// <summary>Remembers a pair, or tells in what it contradicts an earlier one.</summary>
    public (string Ours, string Theirs)? Add(string ours, string theirs, string place)
    {
        if (!_onlyEquality && (IsNothing(ours) || IsNothing(theirs)))
        {
            return ours == theirs ? null : (Tell(ours), Tell(theirs));
        }

        if (!_onlyEquality && (ulong.Parse(ours) <= _start.Ours || ulong.Parse(theirs) <= _start.Theirs))
        {
            return (ulong.Parse(ours) <= _start.Ours) == (ulong.Parse(theirs) <= _start.Theirs) ? null
                : (Age(ours, _start.Ours), Age(theirs, _start.Theirs));
        }

        foreach ((string Ours, string Theirs, string Place) pair in _pairs)
        {
            int here = Compare(ours, pair.Ours);
            int there = Compare(theirs, pair.Theirs);
            if (here != there)
            {
                return ($"{Word(here)} {pair.Place}", $"{Word(there)} {pair.Place}");
            }
        }

        _pairs.Add((ours, theirs, place));
        return null;
    }

    private int Compare(string one, string other) => _onlyEquality
        ? (one == other ? 0 : 1)
        : Math.Sign(ulong.Parse(one).CompareTo(ulong.Parse(other)));

    private string Word(int sign) => sign == 0 ? "equal to" : _onlyEquality ? "other than" : sign < 0 ? "before" : "after";

    private static bool IsNothing(string index) => index is "0" or "1";

    private static string Age(string index, ulong start) => ulong.Parse(index) <= start ? "from before the scenario" : "of the scenario";

    private static string Tell(string index) => IsNothing(index) ? index : "an index";
}
