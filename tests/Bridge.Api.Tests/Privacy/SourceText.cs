namespace Bridge.Api.Tests.Privacy;

/// <summary>The product's source, for rules that its assemblies do not show.</summary>
internal static class SourceText
{
    /// <summary>A line, and where it stands.</summary>
    public sealed record Line(string File, int Number, string Text)
    {
        public override string ToString() => $"{File}:{Number}: {Text.Trim()}";
    }

    /// <summary>Every line of code below <c>src</c>; comments are none.</summary>
    public static IEnumerable<Line> Lines()
    {
        var source = Path.Combine(Root(), "src");
        foreach (var file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(source, file);
            if (name.Split(Path.DirectorySeparatorChar) is [_, "bin" or "obj", ..])
                continue;
            var number = 0;
            foreach (var text in File.ReadLines(file))
            {
                number++;
                if (!text.TrimStart().StartsWith("//", StringComparison.Ordinal))
                    yield return new Line(name, number, text);
            }
        }
    }

    /// <summary>The folder that the repository is in.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Bridge.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No folder above the tests has Bridge.sln in it.");
        return folder.FullName;
    }
}
