namespace Trove.Cli.Tests.Aggregation;

/// <summary>A crowd data set made by a test, gone when the test ends.</summary>
internal sealed class DataSetFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("trove-crowd-");

    public DataSetFolder(string? answers, string? gold = null)
    {
        Path = _parent.CreateSubdirectory("birds").FullName;
        Write("answers.csv", answers);
        Write("gold.csv", gold);
    }

    public string Path { get; }

    public void Dispose() => _parent.Delete(recursive: true);

    private void Write(string file, string? text)
    {
        if (text is not null)
        {
            File.WriteAllText(System.IO.Path.Combine(Path, file), text);
        }
    }
}
