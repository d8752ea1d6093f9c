using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Discovery.Architecture.Rules;

namespace Discovery.Architecture;

public sealed class DocumentTests
{
    private static readonly string[] s_prefixes = ["System.", "Microsoft.Extensions.", "Microsoft.AspNetCore."];
    private static readonly Lazy<HashSet<string>> s_platform = new(PlatformTypes);

    [Fact]
    public void Architecture_OfThisRepository_NamesWhatExists()
    {
        var types = DocumentRule.Types(Repository.CSharp("src", "tests", "samples", "benchmarks"));
        Judge.None(DocumentRule.Names(
            Repository.Files.Single(file => file.Path == "docs/architecture.md"), Repository.Exists, types, s_platform.Value.Contains));
    }

    [Fact]
    public void Documents_OfThisRepository_PointToWhatExists()
    {
        SourceFile[] documents = [.. Repository.Files.Where(file => file.Name.EndsWith(".md", StringComparison.Ordinal))];
        Assert.Contains(documents, document => document.Path == "README.md");
        Judge.None(documents.SelectMany(document => DocumentRule.Links(document, Repository.Exists)));

        // A decision is a record of its day: what it names may have moved since.
        Judge.None(documents.Where(document => !document.IsUnder("docs/decisions"))
            .SelectMany(document => DocumentRule.Paths(document, Repository.Exists)));
    }

    [Fact]
    public void P45_Readme_FirstScreen_SaysWhatItSolvesHowItLooksHowToTryItAndWhetherItIsForProduction()
    {
        const int screenLines = 36;
        string screen = string.Join('\n', Repository.Files.Single(file => file.Path == "README.md").Text.Split('\n').Take(screenLines));
        Assert.All(
            ["People who want this today", "builder.Services.AddDiscovery()", "samples/QuickStart", "eng/test.sh", "Is it for production?"],
            answer => Assert.Contains(answer, screen, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("`src/Gone.cs`", "`src/Gone.cs` does not exist")]
    [InlineData("`Gone.cs`", "`Gone.cs` does not exist")]
    [InlineData("`GoneType`", "`GoneType` is no type or member")]
    [InlineData("`Known.GoneMember`", "`Known.GoneMember` is no type or member")]
    [InlineData("`GoneType<T>`", "`GoneType<T>` is no type or member")]
    public void Names_WithPlantedName_TellIt(string text, string told) => Assert.Equal(["docs/a.md: " + told], Names(text));

    [Theory]
    [InlineData("`src/Here.cs` `Known` `Known.Member` `Known.Parameter` `TimeProvider` `TimeProvider.System` `src/`")]
    [InlineData("`REWRITE=1` `dotnet run -c Release` `/v1` `HTTP` `discovery.core` GoneType `Discovery:Node`")]
    [InlineData("```\n`GoneType`\n```")]
    public void Names_ThatExistOrAreNoNames_TellNothing(string text) => Assert.Empty(Names(text));

    [Theory]
    [InlineData("[a](gone.md)", "docs/a.md: link to gone.md, which does not exist")]
    [InlineData("[a](../gone.md#part)", "docs/a.md: link to ../gone.md, which does not exist")]
    public void Links_WithPlantedLink_TellIt(string text, string told) =>
        Assert.Equal([told], DocumentRule.Links(new("docs/a.md", text), path => path == "docs/here.md"));

    [Fact]
    public void Links_ToWhatExistsOrLeadsOut_TellNothing() => Assert.Empty(DocumentRule.Links(
        new("docs/a.md", "[a](here.md) [b](#part) [c](https://example.com/x.md)"), path => path == "docs/here.md"));

    [Fact]
    public void Paths_WithPlantedPath_TellIt() => Assert.Equal(
        ["README.md: `eng/gone.sh` does not exist"],
        DocumentRule.Paths(new("README.md", "`eng/gone.sh` `Program.cs` `eng/test.sh`"), path => path == "eng/test.sh"));

    private static IEnumerable<string> Names(string text) => DocumentRule.Names(
        new("docs/a.md", text),
        path => path is "src/Here.cs" or "src",
        DocumentRule.Types([new("src/A.cs", "record Known(int Parameter) { int Member; }")]),
        s_platform.Value.Contains);

    private static HashSet<string> PlatformTypes()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (string path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator))
        {
            string name = Path.GetFileName(path);
            if (s_prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                using PEReader reader = new(File.OpenRead(path));
                MetadataReader metadata = reader.GetMetadataReader();
                foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
                {
                    TypeDefinition type = metadata.GetTypeDefinition(handle);
                    if (type.Attributes.HasFlag(System.Reflection.TypeAttributes.Public))
                    {
                        names.Add(metadata.GetString(type.Name).Split('`')[0]);
                    }
                }
            }
        }

        return names;
    }
}
