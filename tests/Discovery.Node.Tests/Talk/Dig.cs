using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Discovery.Node.Talk;

/// <summary>Asks a DNS server by the program dig.</summary>
internal static class Dig
{
    /// <summary>What dig prints of the reply: its header's comments, question, answer and additional section.</summary>
    public static async Task<string> AskAsync(int port, string name, string type = "A")
    {
        string[] words =
        [
            "@127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), name, type,
            "+noall", "+comments", "+question", "+answer", "+authority", "+additional", "+tries=1", "+time=10",
        ];
        var start = new ProcessStartInfo("dig", words) { RedirectStandardOutput = true };
        try
        {
            using Process dig = Process.Start(start)!;
            string text = await dig.StandardOutput.ReadToEndAsync();
            await dig.WaitForExitAsync();
            return string.Join('\n', text.Split('\n').Select(
                static line => string.Join(' ', line.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries))));
        }
        catch (Win32Exception)
        {
            Skip.If(true, "dig is not installed");
            throw;
        }
    }
}
