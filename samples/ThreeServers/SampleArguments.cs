using System.Globalization;

namespace ThreeServers;

/// <summary>The command line: <c>--kills N</c> ends the sample by itself, after so many leaders were killed.</summary>
internal sealed record SampleArguments(int KillsMax)
{
    public static bool TryParse(string[] args, out SampleArguments arguments, out string problem)
    {
        arguments = new SampleArguments(int.MaxValue);
        problem = "usage: ThreeServers [--kills N]";
        if (args is ["--kills", var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int kills))
        {
            arguments = new SampleArguments(kills);
            return true;
        }

        return args.Length == 0;
    }
}
