using System.Collections.Concurrent;
using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>The node names that others have said in their hellos.</summary>
internal sealed class PeerNames(int most)
{
    private readonly ConcurrentDictionary<VoterId, string> _names = new();

    public string? Find(VoterId id) => _names.GetValueOrDefault(id);

    /// <summary>The name, or the id of one that has not said it.</summary>
    public string Tell(VoterId id) => Find(id) ?? id.Node.ToString("D");

    public void Hear(VoterId id, string name)
    {
        if (_names.Count < most || _names.ContainsKey(id))
        {
            _names[id] = name;
        }
    }
}
