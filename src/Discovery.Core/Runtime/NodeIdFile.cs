using System.Text;
using Microsoft.Extensions.Logging;

namespace Discovery.Runtime;

/// <summary>The node's identity in its data directory: file <c>node-id</c>, as Consul has it.</summary>
internal static class NodeIdFile
{
    public const string Name = "node-id";

    /// <summary>Reads it, or makes one and writes it; a damaged file is set aside and told.</summary>
    /// <exception cref="DiscoveryException">The directory cannot be read or written.</exception>
    public static Guid ReadOrCreate(IFileSystem files, string directory, Func<Guid> newId, ILogger logger)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            files.CreateDirectory(directory);
            if (files.Exists(path))
            {
                string text = Encoding.UTF8.GetString(files.Read(path)).Trim();
                if (Guid.TryParse(text, out Guid known) && known != Guid.Empty)
                {
                    return known;
                }

                files.Move(path, path + DurableFile.DamagedSuffix);
                Log.FileSetAside(logger, path, "it holds no GUID");
            }
        }
        catch (Exception e) when (DurableFile.IsStorageFailure(e))
        {
            throw DurableFile.Failed(path, e, WriteOutcome.NotApplied);
        }

        Guid id = newId();
        DurableFile.Replace(files, path, Encoding.UTF8.GetBytes(id.ToString("D")));
        return id;
    }
}
