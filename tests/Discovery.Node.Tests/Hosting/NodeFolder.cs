namespace Discovery.Node.Hosting;

/// <summary>A folder for one test, with what the talk's examples need.</summary>
public sealed class NodeFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("discovery-node-").FullName;

    /// <summary>The configuration of one of the talk's examples.</summary>
    public static string Talk(string name) => System.IO.Path.Combine(ConsulDialect.Recorded.Folder, "talk", name);

    public string Write(string name, string text, bool isProgram = false)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        if (isProgram && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
