using System.Globalization;

namespace ThreeServers;

/// <summary>The command line: <c>--seconds N</c> ends the sample by itself.</summary>
internal sealed record SampleArguments(TimeSpan? RunFor)
{
    public static bool TryParse(string[] args, out SampleArguments arguments, out string problem)
    {
        arguments = new SampleArguments((TimeSpan?)null);
        problem = "usage: ThreeServers [--seconds N]";
        if (args is ["--seconds", var text] && double.TryParse(text, CultureInfo.InvariantCulture, out double seconds) && seconds > 0)
        {
            arguments = new SampleArguments(TimeSpan.FromSeconds(seconds));
            return true;
        }

        return args.Length == 0;
    }
}
