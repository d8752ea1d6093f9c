using System.Runtime.CompilerServices;

namespace Discovery.Raft.Protocol;

/// <summary>Runs the scripts in testdata; REWRITE=1 writes what they give now, to be read as a diff.</summary>
public sealed class ScriptTests
{
    private const string Separator = "----";

    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (string file in Directory.EnumerateFiles(Folder(), "*.txt").Order(StringComparer.Ordinal))
        {
            names.Add(Path.GetFileNameWithoutExtension(file));
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Script_Run_GivesWhatItSays(string name)
    {
        string file = Path.Combine(Folder(), name + ".txt");
        string written = File.ReadAllText(file);
        string actual = Run(written);
        if (Environment.GetEnvironmentVariable("REWRITE") == "1")
        {
            File.WriteAllText(file, actual);
            return;
        }

        Assert.Equal(written, actual);
    }

    // A block is comments, commands, a separator, what they give, and an empty line.
    private static string Run(string script)
    {
        var cluster = new ScriptCluster();
        var result = new StringWriter { NewLine = "\n" };
        foreach (string block in script.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] commands = [.. block.Split('\n').TakeWhile(static line => line != Separator).Where(static line => line.Length > 0)];
            foreach (string command in commands)
            {
                result.WriteLine(command);
            }

            if (commands.Any(static line => !line.StartsWith('#')))
            {
                result.WriteLine(Separator);
                foreach (string command in commands.Where(static line => !line.StartsWith('#')))
                {
                    foreach (string line in cluster.Execute(command))
                    {
                        result.WriteLine(line);
                    }
                }
            }

            result.WriteLine();
        }

        return result.ToString().TrimEnd('\n') + "\n";
    }

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "testdata");
}
