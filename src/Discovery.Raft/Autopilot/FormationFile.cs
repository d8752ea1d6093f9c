using Discovery.Storage;
using Discovery.Transport;
using Discovery.Wire;

namespace Discovery.Autopilot;

/// <summary>What a server has promised and accepted before there was a cluster: file <c>formation</c>.</summary>
/// <remarks>A <see cref="WholeFile"/> with magic "DSCVFORM" and the vote as <see cref="FormationVoteCodec"/> writes it.</remarks>
internal sealed class FormationFile(IDisk disk, string directory)
{
    public const string Name = "formation";

    private readonly string _path = Path.Combine(directory, Name);

    /// <summary>Reads it; nothing was promised yet where there is none.</summary>
    /// <exception cref="StorageException">It is damaged, or of a newer format.</exception>
    public Task<FormationVote> ReadAsync() => OnDiskAsync(
        () => Task.FromResult(disk.List(directory).Contains(Name) ? Decode(Whole().Read()) : FormationVote.None));

    /// <summary>Returns when the disk has it.</summary>
    public Task WriteAsync(FormationVote vote) => OnDiskAsync(async () =>
    {
        using var into = new WireBuffer();
        FormationVoteCodec.Write(vote, into);
        await Whole().WriteAsync(into.WrittenSpan.ToArray());
        return true;
    });

    private WholeFile Whole() => new(disk, _path, "DSCVFORM", 1);

    private FormationVote Decode(byte[]? content)
    {
        var reader = new FieldReader(content);
        return FormationVoteCodec.TryRead(ref reader, out FormationVote vote) && reader.IsAtEnd
            ? vote
            : throw StorageException.Damaged(_path, 0, "it does not say what was promised before the cluster began");
    }

    private Task<T> OnDiskAsync<T>(Func<Task<T>> work) => disk.RunAsync(DiskLane.Log, async () =>
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
            throw StorageException.Of(_path, e);
        }
    });
}
